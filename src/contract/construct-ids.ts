/** The ids of constructs by which the command line and the simulation find them in an app. */

/** The state machine of a job, in the scope of the job. */
export const RUN_ID = 'Run';
/** The submit function, in the scope of the functions of a compute. */
export const SUBMIT_FUNCTION_ID = 'SubmitFunction';

/** The construct id of the HTTP API of an API of jobs. */
export const HTTP_API_ID = 'Api';
