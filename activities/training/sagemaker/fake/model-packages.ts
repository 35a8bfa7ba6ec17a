/** The fake's model registry: groups, versions counted within them, and their approval. */
import { invalid, ServiceError, type Operation } from './protocol.ts';

interface Package {
  readonly token: string;
  readonly request: Readonly<Record<string, unknown>>;
  status: string;
  reason?: string;
}

/** By ARN. */
export type Packages = ReadonlyMap<string, Package>;

const STATUSES = ['Approved', 'Rejected', 'PendingManualApproval'];

export function createModelRegistry(arnOf: (resource: string) => string): {
  readonly packages: Packages;
  readonly operations: Readonly<Record<string, Operation>>;
} {
  const groups = new Map<string, number>();
  const packages = new Map<string, Package>();

  const createGroup: Operation = (request) => {
    const name = textOf(request, 'ModelPackageGroupName');
    const arn = arnOf(`model-package-group/${name}`);
    if (groups.has(name)) throw invalid(`Model Package Group already exists: ${arn}`);
    groups.set(name, 0);
    return { ModelPackageGroupArn: arn };
  };
  const create: Operation = (request) => {
    const [name, token] = [textOf(request, 'ModelPackageGroupName'), textOf(request, 'ClientToken')];
    const count = groups.get(name);
    if (count === undefined) throw new ServiceError('ResourceNotFound', `There is no group ${name}`);
    const known = [...packages].find(([, other]) => other.token === token && token !== '');
    if (known) return { ModelPackageArn: known[0] };
    groups.set(name, count + 1);
    const arn = arnOf(`model-package/${name}/${count + 1}`);
    packages.set(arn, { token, request, status: textOf(request, 'ModelApprovalStatus') });
    return { ModelPackageArn: arn };
  };
  const update: Operation = (request) => {
    const arn = textOf(request, 'ModelPackageArn');
    const [status, reason] = [textOf(request, 'ModelApprovalStatus'), textOf(request, 'ApprovalDescription')];
    const found = packages.get(arn);
    if (!found) throw invalid(`There is no package ${arn}`);
    if (!STATUSES.includes(status)) throw invalid(`${status} is no approval status`);
    found.status = status;
    if (reason !== '') found.reason = reason;
    return { ModelPackageArn: arn };
  };
  return {
    packages,
    operations: {
      CreateModelPackageGroup: createGroup,
      CreateModelPackage: create,
      UpdateModelPackage: update,
    },
  };
}

/** Empty where it was not given. */
function textOf(request: Readonly<Record<string, unknown>>, name: string): string {
  const value = request[name];
  return typeof value === 'string' ? value : '';
}
