// Where the emulator differs from what AWS answered, and why that does not matter to a job or to a workflow that calls one. A difference that
// no longer occurs is a failure.

/** `tests` are the recordings, `fields` what differs in them. */
export const DIFFERENCES = [];
