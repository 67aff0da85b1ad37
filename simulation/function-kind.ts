import { SUBMIT_FUNCTION_ID } from '../src/contract/construct-ids';

export type FunctionKind = 'submit' | 'check';

/** Which of the two functions a deployed function is, by its construct path. */
export function functionKind(constructPath: string): FunctionKind {
  return constructPath.endsWith(`/${SUBMIT_FUNCTION_ID}`) ? 'submit' : 'check';
}
