/** What goes wrong, in the order in which it was asked for: the next call or job of its kind gets it. */
import { ServiceError } from './protocol.ts';

/** Of calls: what the next one of an operation is answered. */
type CallFault = 'throttle' | 'unavailable' | 'quota' | 'denied';

/** Of jobs: what happens to the next one. */
export type JobFault = 'capacity' | 'internal' | 'algorithm' | 'spot-interruption' | 'no-spot';

export interface Faults {
  /** The next `times` calls of the operation fail. */
  call(operation: string, fault: CallFault, times?: number): void;
  /** Something happens to the next `times` jobs. */
  job(fault: JobFault, times?: number): void;
}

export interface FaultQueue extends Faults {
  /** @throws ServiceError where one was asked for */
  raise(operation: string): void;
  nextOfJob(): JobFault | undefined;
}

const ERRORS: Readonly<Record<CallFault, () => ServiceError>> = {
  throttle: () => new ServiceError('ThrottlingException', 'Rate exceeded'),
  unavailable: () => new ServiceError('InternalFailure', 'The service is not available', 503),
  quota: () => new ServiceError('ResourceLimitExceeded', 'The account-level service limit is 1 instances'),
  denied: () => new ServiceError('AccessDeniedException', 'not authorized to perform this', 403),
};

export function createFaults(): FaultQueue {
  const calls = new Map<string, CallFault[]>();
  const jobs: JobFault[] = [];
  return {
    call(operation, fault, times = 1) {
      calls.set(operation, [...(calls.get(operation) ?? []), ...Array<CallFault>(times).fill(fault)]);
    },
    job(fault, times = 1) {
      jobs.push(...Array<JobFault>(times).fill(fault));
    },
    raise(operation) {
      const fault = calls.get(operation)?.shift();
      if (fault) throw ERRORS[fault]();
    },
    nextOfJob: () => jobs.shift(),
  };
}
