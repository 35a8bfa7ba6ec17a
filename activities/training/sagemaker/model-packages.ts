/** Model package groups of SageMaker: a group for each model, a package for each version that was trained there. */
import {
  CreateModelPackageCommand,
  CreateModelPackageGroupCommand,
  UpdateModelPackageCommand,
  type SageMakerClient,
} from '@aws-sdk/client-sagemaker';

import { digestOf } from '../../artefact.ts';
import { attempt } from '../../attempt.ts';
import type { ModelPackages, PackagedVersion } from '../../registry/model-packages.ts';
import type { ObjectStore } from '../../store/contract.ts';
import { toldOfApi } from './failures.ts';

const CSV = 'text/csv';
/** Of a group's name. */
const LONGEST = 63;
/** Of a client token, and of an approval's description. */
const TOKEN = 36;
const DESCRIPTION = 1024;

export function createModelPackages(client: SageMakerClient, store: ObjectStore): ModelPackages {
  return {
    register: async (version) => {
      // Where it stands is kept: the service forgets a client token after some hours.
      if (await store.head(placeOf(version))) return;
      await createGroup(client, groupName(version.model));
      const arn = await createPackage(client, store, version);
      await store.putIfAbsent(placeOf(version), JSON.stringify({ arn }));
    },
    decide: async (version, { status, reason }) => {
      if (!(await store.head(placeOf(version)))) return;
      const { arn } = JSON.parse(Buffer.from(await store.get(placeOf(version))).toString()) as {
        arn: string;
      };
      await asked(() =>
        client.send(
          new UpdateModelPackageCommand({
            ModelPackageArn: arn,
            ModelApprovalStatus: status,
            ApprovalDescription: reason.slice(0, DESCRIPTION),
          }),
          { abortSignal: attempt().signal },
        ),
      );
    },
  };
}

async function createGroup(client: SageMakerClient, name: string): Promise<void> {
  try {
    const request = {
      ModelPackageGroupName: name,
      ModelPackageGroupDescription: 'Versions of a model of Assay',
    };
    await client.send(new CreateModelPackageGroupCommand(request), { abortSignal: attempt().signal });
  } catch (error) {
    if (!(error instanceof Error && /already exists/i.test(error.message))) throw toldOfApi(error);
  }
}

async function createPackage(
  client: SageMakerClient,
  store: ObjectStore,
  { model, version, digest, run, image, archive, metrics }: PackagedVersion,
): Promise<string> {
  const request = new CreateModelPackageCommand({
    ModelPackageGroupName: groupName(model),
    ModelPackageDescription: `${model} version ${version}, trained by ${run}`,
    ModelApprovalStatus: 'PendingManualApproval',
    InferenceSpecification: {
      Containers: [{ Image: image, ModelDataUrl: archive }],
      SupportedContentTypes: [CSV],
      SupportedResponseMIMETypes: [CSV],
    },
    ModelMetrics: {
      ModelQuality: { Statistics: { ContentType: 'application/json', S3Uri: `${store.uri}/${metrics}` } },
    },
    CustomerMetadataProperties: { version: String(version), digest, run },
    ClientToken: digestOf(`${store.uri}/${model}/${version}`).slice(0, TOKEN),
  });
  const { ModelPackageArn } = await asked(() => client.send(request, { abortSignal: attempt().signal }));
  return ModelPackageArn ?? '';
}

async function asked<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    throw toldOfApi(error);
  }
}

function groupName(model: string): string {
  const name = model.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/^-+/, '');
  return name.slice(0, LONGEST).replace(/-+$/, '');
}

function placeOf({ model, version }: { model: string; version: number }): string {
  return `sagemaker/packages/${model}/${version}.json`;
}
