/// <reference path="./dynalite.d.ts" />
import batchGetItem from 'dynalite/actions/batchGetItem';
import batchWriteItem from 'dynalite/actions/batchWriteItem';
import deleteItem from 'dynalite/actions/deleteItem';
import getItem from 'dynalite/actions/getItem';
import putItem from 'dynalite/actions/putItem';
import query from 'dynalite/actions/query';
import scan from 'dynalite/actions/scan';
import updateItem from 'dynalite/actions/updateItem';
import type { Store } from 'dynalite/db';
import { checkTypes, checkValidations } from 'dynalite/validations';
import * as batchGetItemInput from 'dynalite/validations/batchGetItem';
import * as batchWriteItemInput from 'dynalite/validations/batchWriteItem';
import * as deleteItemInput from 'dynalite/validations/deleteItem';
import * as getItemInput from 'dynalite/validations/getItem';
import * as putItemInput from 'dynalite/validations/putItem';
import * as queryInput from 'dynalite/validations/query';
import * as scanInput from 'dynalite/validations/scan';
import * as updateItemInput from 'dynalite/validations/updateItem';
import { OnItem, storeFor } from './store';
import { ServiceError } from '../../service';

/** What dynalite has of each action, by one import each: its server finds them by names that it puts together, which cannot be bundled. */
const ACTIONS = {
  BatchGetItem: { run: batchGetItem, input: batchGetItemInput },
  BatchWriteItem: { run: batchWriteItem, input: batchWriteItemInput },
  DeleteItem: { run: deleteItem, input: deleteItemInput },
  GetItem: { run: getItem, input: getItemInput },
  PutItem: { run: putItem, input: putItemInput },
  Query: { run: query, input: queryInput },
  Scan: { run: scan, input: scanInput },
  UpdateItem: { run: updateItem, input: updateItemInput },
};

export type Action = keyof typeof ACTIONS;

export function isAction(action: string): action is Action {
  return Object.hasOwn(ACTIONS, action);
}

/** Does with a store what an action of DynamoDB does. Its errors are `ServiceError`s. */
export async function perform(store: Store, action: Action, input: object, onItem: OnItem = () => undefined): Promise<unknown> {
  const { run, input: { types, custom } } = ACTIONS[action];
  try {
    const data = checkTypes({ ...input }, types); // it deletes members that it does not know
    checkValidations(data, types, custom, store);
    return await new Promise((resolve, reject) => {
      run(storeFor(store, reject, onItem), data, (error, answer) => error ? reject(error as Error) : resolve(answer));
    });
  } catch (error) {
    throw serviceErrorOf(error);
  }
}

/** An error that dynalite would answer: `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException` */
interface Refusal {
  readonly statusCode: number;
  readonly body: { readonly __type: string; readonly message?: string; readonly Message?: string };
}

function serviceErrorOf(error: unknown): unknown {
  const { statusCode, body } = error as Partial<Refusal>;
  if (statusCode === undefined || body === undefined) return error;
  return new ServiceError(body.__type.split('#')[1], body.message ?? body.Message ?? '', statusCode);
}
