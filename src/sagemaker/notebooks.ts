import {
  type _InstanceType,
  CreateNotebookInstanceCommand,
  CreatePresignedNotebookInstanceUrlCommand,
  DeleteNotebookInstanceCommand,
  DescribeNotebookInstanceCommand,
  ListNotebookInstancesCommand,
  type NotebookInstanceStatus,
  StartNotebookInstanceCommand,
  StopNotebookInstanceCommand,
} from '@aws-sdk/client-sagemaker';
import type { Aws } from './aws.ts';
import { defined } from './defined.ts';
import { sending } from './fault.ts';
import { type ListQuery, listInput } from './list-query.ts';
import { managedTag } from './managed-tag.ts';

/** All that SageMaker has to be told to make a notebook instance. */
export interface NotebookOrder {
  readonly name: string;
  readonly roleArn: string;
  readonly instanceType: string;
  readonly volumeSizeGB: number;
  readonly lifecycleConfig?: string | undefined;
  readonly subnet?: string | undefined;
  readonly securityGroups?: string[] | undefined;
  readonly internetAccess: boolean;
  readonly rootAccess: boolean;
  readonly kmsKey?: string | undefined;
  readonly codeRepository?: string | undefined;
}

const time = (date: Date | undefined): string | undefined => date?.toISOString();
const enabled = (yes: boolean) => (yes ? 'Enabled' : 'Disabled');

export async function createNotebook(aws: Aws, order: NotebookOrder): Promise<void> {
  const command = new CreateNotebookInstanceCommand({
    NotebookInstanceName: order.name,
    RoleArn: order.roleArn,
    InstanceType: order.instanceType as _InstanceType,
    VolumeSizeInGB: order.volumeSizeGB,
    LifecycleConfigName: order.lifecycleConfig,
    SubnetId: order.subnet,
    SecurityGroupIds: order.securityGroups,
    DirectInternetAccess: enabled(order.internetAccess),
    RootAccess: enabled(order.rootAccess),
    KmsKeyId: order.kmsKey,
    DefaultCodeRepository: order.codeRepository,
    Tags: [managedTag],
  });
  await sending(aws.sagemaker.send(command));
}

/** @throws GatewayError not_found */
export async function describeNotebook(aws: Aws, name: string) {
  const notebook = await sending(
    aws.sagemaker.send(new DescribeNotebookInstanceCommand({ NotebookInstanceName: name })),
  );
  return defined({
    name: notebook.NotebookInstanceName ?? name,
    arn: notebook.NotebookInstanceArn ?? '',
    status: notebook.NotebookInstanceStatus ?? 'Pending',
    failureReason: notebook.FailureReason,
    instanceType: notebook.InstanceType,
    volumeSizeGB: notebook.VolumeSizeInGB,
    lifecycleConfig: notebook.NotebookInstanceLifecycleConfigName,
    createdAt: time(notebook.CreationTime),
    updatedAt: time(notebook.LastModifiedTime),
  });
}

export type NotebookQuery = ListQuery<NotebookInstanceStatus>;

/** A page of all the notebook instances of the account and region. */
export async function listNotebooks(aws: Aws, query: NotebookQuery) {
  const page = await sending(aws.sagemaker.send(new ListNotebookInstancesCommand(listInput(query))));
  return defined({
    items: (page.NotebookInstances ?? []).map((notebook) =>
      defined({
        name: notebook.NotebookInstanceName ?? '',
        status: notebook.NotebookInstanceStatus ?? 'Pending',
        instanceType: notebook.InstanceType,
        createdAt: time(notebook.CreationTime),
        updatedAt: time(notebook.LastModifiedTime),
      }),
    ),
    nextToken: page.NextToken,
  });
}

export async function startNotebook(aws: Aws, name: string): Promise<void> {
  await sending(aws.sagemaker.send(new StartNotebookInstanceCommand({ NotebookInstanceName: name })));
}

export async function stopNotebook(aws: Aws, name: string): Promise<void> {
  await sending(aws.sagemaker.send(new StopNotebookInstanceCommand({ NotebookInstanceName: name })));
}

export async function deleteNotebook(aws: Aws, name: string): Promise<void> {
  await sending(aws.sagemaker.send(new DeleteNotebookInstanceCommand({ NotebookInstanceName: name })));
}

/** An address that opens the notebook, without anything else to prove. @param sessionSeconds how long what it opens may last */
export async function notebookUrl(aws: Aws, name: string, sessionSeconds: number): Promise<string> {
  const command = new CreatePresignedNotebookInstanceUrlCommand({
    NotebookInstanceName: name,
    SessionExpirationDurationInSeconds: sessionSeconds,
  });
  return (await sending(aws.sagemaker.send(command))).AuthorizedUrl ?? '';
}
