import { COMPUTE_VALUES, QUEUE_COMPUTE_VALUES } from './compute-values';
import { IMPORTED_VALUES, JOB_VALUES, MAP_VALUES } from './job-values';

/** The names of all props. */
export const PROPS = new Set([JOB_VALUES, COMPUTE_VALUES, QUEUE_COMPUTE_VALUES, MAP_VALUES, IMPORTED_VALUES].flatMap((table) => Object.keys(table)));
