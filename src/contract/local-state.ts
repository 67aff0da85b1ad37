/** Where `heavy-batch serve` keeps what it has, below the current directory. No image has it: it has keys, and changes with each run. */
export const STATE_DIRECTORY = '.heavy-batch';
