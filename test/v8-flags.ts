import { setFlagsFromString } from 'v8';

/**
 * Jest's `expect` makes an object with a property for each matcher. Where a file calls it often, V8 optimizes it, and its escape analysis may then take
 * ten minutes of a core. What the tests do is the same without it. https://github.com/nodejs/node/issues/48581
 */
setFlagsFromString('--no-turbo-escape');
