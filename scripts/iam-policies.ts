// `npm run iam-policies`: writes the least permissions of the gateway's role, by feature and by operation of the control plane, from what the
// code calls.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import { actionsByOperation, features, placeholder, type Statement, statementsOf } from './iam/policies.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const document = (statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
const title = (name: string): string => `${name[0]?.toUpperCase()}${name.slice(1)}`;

const substituted = (statement: Statement) => ({
  ...statement,
  Resource: statement.Resource.map((resource) => (resource === '*' ? resource : { 'Fn::Sub': resource })),
});

/** A CloudFormation template that gives a role the features that are asked for. */
function template(): string {
  const names = Object.keys(features);
  const choice = { Type: 'String', AllowedValues: ['enabled', 'disabled'] };
  return `# Written by \`npm run iam-policies\` from the operations that the code calls.\n${stringify(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: 'Permissions of the role of sagemaker-gateway, by feature',
      Parameters: {
        RoleName: {
          Type: 'String',
          Description: 'Role of the gateway: the output TaskRoleArn of service.yaml without its path',
        },
        SageMakerRoleArn: {
          Type: 'String',
          Description: 'SAGEMAKER_ROLE_ARN of the gateway: what SageMaker itself assumes',
        },
        Bucket: { Type: 'String', Description: 'GATEWAY_BUCKET' },
        ...Object.fromEntries(
          names.map((name) => [
            title(name),
            {
              ...choice,
              Default: name === 'predict' ? 'enabled' : 'disabled',
              Description: features[name]?.description,
            },
          ]),
        ),
      },
      Conditions: Object.fromEntries(
        names.map((name) => [`With${title(name)}`, { 'Fn::Equals': [{ Ref: title(name) }, 'enabled'] }]),
      ),
      Resources: Object.fromEntries(
        names.map((name) => [
          `${title(name)}Policy`,
          {
            Type: 'AWS::IAM::RolePolicy',
            Condition: `With${title(name)}`,
            Properties: {
              RoleName: { Ref: 'RoleName' },
              PolicyName: name,
              PolicyDocument: document(statementsOf(name).map(substituted)),
            },
          },
        ]),
      ),
    },
    { aliasDuplicateObjects: false },
  )}`;
}

const examples: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '111122223333',
  Bucket: 'sagemaker-eu-central-1-111122223333',
  SageMakerRoleArn: 'arn:aws:iam::111122223333:role/sagemaker',
};

/** The same as plain documents, with the account and region that the overlays have for an example. */
const plain = (name: string): string =>
  `${Object.entries(examples).reduce(
    (text, [key, value]) => text.replaceAll(placeholder(key), value),
    JSON.stringify(document(statementsOf(name)), null, 2),
  )}\n`;

const ofOperations = 'src/plugins/aws-actions.ts';

/** What the OpenAPI document says of each operation, as the formatter has it. */
const operations = (): string =>
  execFileSync(join(root, 'node_modules/.bin/biome'), ['format', `--stdin-file-path=${ofOperations}`], {
    encoding: 'utf8',
    input: `// Written by \`npm run iam-policies\` from the operations that the code calls.
/** Actions of IAM that each operation of the control plane needs, at once and by the work that it begins, by operationId. */
export const awsActions: Readonly<Record<string, readonly string[]>> = ${JSON.stringify(actionsByOperation())};
`,
  });

/** Every file with its text, by its path in the repository. */
export function policyFiles(): Record<string, string> {
  return {
    'docker/ecs/policies.yaml': template(),
    [ofOperations]: operations(),
    ...Object.fromEntries(Object.keys(features).map((name) => [`k8s/iam/${name}.json`, plain(name)])),
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, text] of Object.entries(policyFiles())) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
