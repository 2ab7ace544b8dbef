import type { Account } from '../account.ts';
import type { Inputs } from '../api/sagemaker.ts';
import { listPage } from './list-page.ts';

export const listEndpoints = (input: Inputs['ListEndpoints'], account: Account) => {
  const { page, ...next } = listPage(
    account.endpoints.values(),
    (endpoint) => ({
      name: endpoint.EndpointName,
      status: endpoint.EndpointStatus,
      created: endpoint.CreationTime,
      modified: endpoint.LastModifiedTime,
    }),
    input,
  );
  const Endpoints = page.map(({ EndpointName, EndpointArn, CreationTime, LastModifiedTime, EndpointStatus }) => ({
    EndpointName,
    EndpointArn,
    CreationTime,
    LastModifiedTime,
    EndpointStatus,
  }));
  return { Endpoints, ...next };
};
