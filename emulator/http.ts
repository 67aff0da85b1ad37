import type * as http from 'node:http';
import { Activity, WORK_HEADER } from './activity';
import { Clock } from './clock';
import { send } from './endpoint/answers';
import { apiCallOf, serviceOf } from './endpoint/api-call';
import { authenticate, Claim, claimOf, Request } from './endpoint/authenticate';
import { LARGEST_BODY, readBody, tooLarge } from './endpoint/body';
import { guard } from './endpoint/guard';
import type { Keys } from './endpoint/keys';
import { headersOf, LoopbackServer } from './endpoint/loopback-server';
import { readTarget } from './endpoint/target';
import type { CallFault, Faults } from './faults';
import { ApiCall, Service, ServiceError, ServiceName } from './service';
import type { Iam } from './services/iam/iam';

/** What handles the requests. It is replaced when the emulator starts over, while the server keeps its port. */
export interface Backend {
  readonly services: readonly Service[];
  readonly iam: Iam;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly onCall?: (record: CallRecord) => void;
  readonly onUnexpectedError?: (error: unknown) => void;
}

/** An API call and its outcome. A request that nobody has signed is none. */
export interface CallRecord {
  readonly service: ServiceName;
  readonly call: ApiCall;
  readonly at: number;
  readonly fault?: CallFault;
  readonly answer?: unknown;
  readonly error?: ServiceError;
}

/** The HTTP server for all emulated services. It speaks the wire formats of the AWS SDK, and answers only requests that are signed with a key of this start. */
export class HttpEndpoint extends LoopbackServer {
  backend!: Backend;

  constructor(private readonly keys: Keys, private readonly activity: Activity, ...timeLimits: ConstructorParameters<typeof LoopbackServer>) {
    super(...timeLimits);
  }

  protected async serve(message: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    response.on('error', () => undefined); // the client has gone away
    const service = serviceOf(message.url!, message.headers['x-amz-target'] as string | undefined);
    try {
      const call = await this.receive(service, message);
      if (call) await this.answer(service, call, response, String(message.headers[WORK_HEADER] ?? ''));
    } catch (error) {
      this.send(response, service, undefined, this.serviceErrorOf(error));
    }
  }

  /** Reads a request. Undefined when its client has gone away. Throws a `ServiceError` for one that is no API call of an owner of a key. */
  private async receive(service: ServiceName, message: http.IncomingMessage): Promise<ApiCall | undefined> {
    const { method, url } = message as { method: string; url: string };
    const target = readTarget(url);
    const headers = headersOf(message);
    const refusal = guard(message, service) ?? (target ? undefined : invalidTarget(service));
    const claim: Claim | ServiceError = refusal ?? claimOf({ service, method, target: target!, headers }, this.keys);
    // Nothing of a request is kept whose sender has no key.
    const body = await readBody(message, claim instanceof ServiceError ? 0 : LARGEST_BODY[service]);
    if (body === undefined) return undefined;
    if (claim instanceof ServiceError) throw claim;
    if (body === 'too-large') throw tooLarge(service);
    const request: Request = { service, method, target: target!, headers };
    const payload = await authenticate(request, claim, body, this.backend.clock);
    if (payload instanceof ServiceError) throw payload;
    return apiCallOf(service, { ...request, headers: { ...headers, ...payload.trailers }, url, principal: claim.owner.principal }, payload.content);
  }

  private async answer(serviceName: ServiceName, call: ApiCall, response: http.ServerResponse, workId: string): Promise<void> {
    const { services, faults, clock, onCall } = this.backend;
    const at = clock.now();
    const fault = faults.call(serviceName, call);
    let answer: unknown;
    let error: ServiceError | undefined;
    try {
      const service = services.find(({ name }) => name === serviceName)!;
      if (fault?.kind === 'refuse') throw new ServiceError(fault.code, fault.message ?? fault.code, fault.status);
      this.authorize(service, call);
      answer = await service.handle(call);
      if (fault?.kind === 'alter') answer = fault.alter(answer);
      if (fault?.kind === 'accept-then-fail') throw new ServiceError(fault.code, fault.message ?? fault.code, fault.status);
    } catch (thrown) {
      error = this.serviceErrorOf(thrown);
    }
    onCall?.({ service: serviceName, call, at, fault, answer, error });
    if (fault?.kind === 'accept-then-drop') {
      response.destroy();
      return;
    }
    if (fault?.kind === 'accept-then-hang') {
      this.activity.pause(workId);
      await clock.sleep(fault.delay);
      this.activity.resume(workId);
    }
    this.send(response, serviceName, answer, error);
  }

  private authorize(service: Service, call: ApiCall): void {
    for (const authorization of service.authorizations(call)) {
      const refusal = this.backend.iam.refusal(call.principal, authorization);
      if (refusal) throw accessDenied(service.name, refusal);
    }
  }

  private send(response: http.ServerResponse, service: ServiceName, answer: unknown, error: ServiceError | undefined): void {
    if (response.headersSent) return void response.destroy();
    // The date is the shared clock's. With any other date the SDK would correct its clock and retry.
    response.setHeader('date', new Date(this.backend.clock.now()).toUTCString());
    return send(response, service, answer, error);
  }

  private serviceErrorOf(thrown: unknown): ServiceError {
    if (thrown instanceof ServiceError) return thrown;
    this.backend.onUnexpectedError?.(thrown);
    return new ServiceError('InternalFailure', String(thrown), 500);
  }
}

function accessDenied(service: ServiceName, message: string): ServiceError {
  if (service === 's3') return new ServiceError('AccessDenied', message, 403);
  return new ServiceError('AccessDeniedException', message, service === 'batch' ? 403 : 400);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html, https://docs.aws.amazon.com/signer/latest/api/CommonErrors.html */
function invalidTarget(service: ServiceName): ServiceError {
  return new ServiceError(service === 's3' ? 'InvalidURI' : 'MalformedHttpRequestException', "Couldn't parse the specified URI.");
}
