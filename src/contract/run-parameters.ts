/** The names of the two parameters in which a job carries its task token and its run. */
export const TOKEN_PARAMETER = 'heavyBatchToken';
export const CONTEXT_PARAMETER = 'heavyBatchRun';
