/** What the service checks of a request before it takes it, as far as that is documented. */
import { z } from 'zod';

import { invalid } from './protocol.ts';

const Name = z.string().regex(/^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$/, 'TrainingJobName is no name');
const Uri = z.string().regex(/^s3:\/\/[^/]+\/.+/, 'no address in S3');

const Channel = z.object({
  ChannelName: z.string().regex(/^[A-Za-z0-9.\-_]{1,64}$/),
  ContentType: z.string().optional(),
  DataSource: z.object({
    S3DataSource: z.object({ S3DataType: z.enum(['S3Prefix', 'ManifestFile']), S3Uri: Uri }).loose(),
  }),
});

const CreateRequest = z
  .object({
    TrainingJobName: Name,
    AlgorithmSpecification: z
      .object({ TrainingImage: z.string().min(1), TrainingInputMode: z.enum(['File', 'FastFile']) })
      .loose(),
    RoleArn: z.string().regex(/^arn:aws[a-z-]*:iam::\d{12}:role\/.+/, 'RoleArn is no role'),
    HyperParameters: z.record(z.string(), z.string().max(2500)),
    InputDataConfig: z.array(Channel.loose()).min(1),
    OutputDataConfig: z.object({ S3OutputPath: Uri }).loose(),
    ResourceConfig: z
      .object({
        InstanceType: z.string().startsWith('ml.').optional(),
        InstancePreferences: z.array(z.object({ InstanceType: z.string().startsWith('ml.') })).optional(),
        InstanceCount: z.int().positive(),
        VolumeSizeInGB: z.int().positive(),
      })
      .loose(),
    StoppingCondition: z
      .object({
        MaxRuntimeInSeconds: z.int().positive(),
        MaxWaitTimeInSeconds: z.int().positive().optional(),
      })
      .loose(),
    EnableManagedSpotTraining: z.boolean().default(false),
    Tags: z
      .array(z.object({ Key: z.string().max(128), Value: z.string().max(256) }))
      .max(50)
      .optional(),
  })
  .loose();

export type CreateRequest = z.infer<typeof CreateRequest>;

/** @throws ServiceError ValidationException */
export function parseCreate(input: unknown): CreateRequest {
  const parsed = CreateRequest.safeParse(input);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalid(`1 validation error detected: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { ResourceConfig, StoppingCondition, EnableManagedSpotTraining: spot } = parsed.data;
  const { MaxRuntimeInSeconds: run, MaxWaitTimeInSeconds: wait } = StoppingCondition;
  if ((ResourceConfig.InstanceType === undefined) === (ResourceConfig.InstancePreferences === undefined)) {
    throw invalid('Specify either InstanceType or InstancePreferences');
  }
  if (spot && ResourceConfig.InstancePreferences) {
    throw invalid('InstancePreferences is mutually exclusive with EnableManagedSpotTraining');
  }
  if (spot && wait === undefined) throw invalid('MaxWaitTimeInSeconds is required for Managed Spot Training');
  if (!spot && wait !== undefined) throw invalid('MaxWaitTimeInSeconds is for Managed Spot Training only');
  if (wait !== undefined && wait < run)
    throw invalid('MaxWaitTimeInSeconds must not be less than MaxRuntimeInSeconds');
  if (parsed.data.HyperParameters['num_round'] === undefined) throw invalid('num_round is required');
  return parsed.data;
}
