import { API } from './jobs';
import { SUBMIT_FUNCTION_ID } from '../src/contract/construct-ids';

export type FunctionKind = 'submit' | 'check' | 'api';

/** Which of the functions a deployed function is, by its construct path. */
export function functionKind(constructPath: string): FunctionKind {
  if (constructPath.endsWith(`/${API.id}/Function`)) return 'api';
  return constructPath.endsWith(`/${SUBMIT_FUNCTION_ID}`) ? 'submit' : 'check';
}
