'use strict';
// dynalite keeps tables in files with `level`, which is native code, and in memory with `memory-level`. The emulator has them in memory only.
module.exports = {};
