import * as fs from 'node:fs';
import * as path from 'node:path';
import { functionKind } from './function-kind';
import { API } from './jobs';
import type { LogLine } from './observations';
import type { Deployment } from '../emulator/assembly/deployment';
import type { HttpAnswer } from '../emulator/services/api-gateway/http-apis';
import { DOCUMENT_FILE } from '../src/contract/api-runs';
import { HTTP_API_ID } from '../src/contract/construct-ids';

/** What the clients of the API asked and were answered in a world, and what its function did. */
export interface ApiObservations {
  readonly facts: ApiFacts;
  readonly orders: Order[];
  readonly exchanges: Exchange[];
  readonly logs: LogLine[];
}

/** What is known of the API besides its answers. */
export interface ApiFacts {
  /** The construct path of the API in API Gateway. */
  readonly path: string;
  /** The ARN of the role of its function. */
  readonly roleArn: string;
  /** The OpenAPI document that ships with the function. */
  readonly document: Record<string, any>;
}

/** What a caller wants to be done, once, with however many requests. */
export interface Order {
  /** A name in the simulation only. */
  readonly name: string;
  readonly owner: string;
  readonly key?: string;
  /** The value of the parameter `size`, which no other order has. */
  readonly text: string;
  /** The ids with which requests were answered. */
  readonly ids: Set<string>;
}

/** Whose request it is, and what it is for. `hostile`: its sender has no right to what it asks for. `last`: when nothing happens any more. */
export type Purpose = 'start' | 'start with another body' | 'ask' | 'last' | 'list' | 'log' | 'cancel' | 'redrive' | 'hostile';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request and its answer. */
export interface Exchange {
  readonly owner: string;
  readonly purpose: Purpose;
  readonly request: ApiRequest;
  readonly order?: Order;
  /** When the request was sent, and when it was answered. */
  readonly at: number;
  readonly answeredAt: number;
  readonly answer: HttpAnswer;
  /** The body of the answer, where it is JSON. */
  readonly body: any;
}

/** Undefined for an app without the API. */
export function apiFacts({ httpApis, functions }: Deployment): ApiFacts | undefined {
  const api = httpApis.find(({ path: constructPath }) => constructPath.endsWith(`/${API.id}/${HTTP_API_ID}`));
  const handler = functions.find(({ path: constructPath }) => functionKind(constructPath) === 'api');
  if (!api || !handler) return undefined;
  const document = JSON.parse(fs.readFileSync(path.join(handler.codeDirectory, DOCUMENT_FILE), 'utf8'));
  return { path: api.path, roleArn: handler.roleArn, document };
}

export function isStart({ purpose }: Exchange): boolean {
  return purpose === 'start';
}

/** Whether a request was answered with what it asked for. */
export function isSuccess({ answer: { status } }: Exchange): boolean {
  return status >= 200 && status < 300;
}
