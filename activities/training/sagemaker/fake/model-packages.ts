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

  const createGroup: Operation = ({ ModelPackageGroupName: name }) => {
    if (groups.has(String(name))) {
      throw invalid(`Model Package Group already exists: ${arnOf(`model-package-group/${String(name)}`)}`);
    }
    groups.set(String(name), 0);
    return { ModelPackageGroupArn: arnOf(`model-package-group/${String(name)}`) };
  };
  const create: Operation = (request) => {
    const { ModelPackageGroupName: name, ClientToken: token = '' } = request;
    const count = groups.get(String(name));
    if (count === undefined) throw new ServiceError('ResourceNotFound', `There is no group ${String(name)}`);
    const known = [...packages].find(([, other]) => other.token === token && token !== '');
    if (known) return { ModelPackageArn: known[0] };
    groups.set(String(name), count + 1);
    const arn = arnOf(`model-package/${String(name)}/${count + 1}`);
    packages.set(arn, { token: String(token), request, status: String(request['ModelApprovalStatus']) });
    return { ModelPackageArn: arn };
  };
  const update: Operation = ({
    ModelPackageArn: arn,
    ModelApprovalStatus: status,
    ApprovalDescription: reason,
  }) => {
    const found = packages.get(String(arn));
    if (!found) throw invalid(`There is no package ${String(arn)}`);
    if (!STATUSES.includes(String(status))) throw invalid(`${String(status)} is no approval status`);
    found.status = String(status);
    if (reason !== undefined) found.reason = String(reason);
    return { ModelPackageArn: String(arn) };
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
