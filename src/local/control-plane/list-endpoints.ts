import Type from 'typebox';
import { endpointStatuses } from '../hosting/endpoint.ts';
import { operation } from '../wire/operation.ts';
import { listInput } from '../wire/shapes.ts';
import { listPage } from './list-page.ts';

const Input = listInput(['Name', 'CreationTime', 'Status'], {
  StatusEquals: Type.Optional(Type.Enum(endpointStatuses)),
});

export const listEndpoints = operation(Input, (input, account) => {
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
});
