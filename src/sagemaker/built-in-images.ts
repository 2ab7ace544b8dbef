import { GatewayError } from '../errors.ts';
import { builtInRegistries } from './built-in-registries.ts';

// Accounts that hold AWS's own XGBoost image, the same for versions 0.90-1 to 3.0-5. Source: image_uri_config/xgboost.json of the SageMaker Python SDK.
const xgboostAccounts: Readonly<Record<string, string>> = {
  'af-south-1': '510948584623',
  'ap-east-1': '651117190479',
  'ap-northeast-1': '354813040037',
  'ap-northeast-2': '366743142698',
  'ap-northeast-3': '867004704886',
  'ap-south-1': '720646828776',
  'ap-south-2': '628508329040',
  'ap-southeast-1': '121021644041',
  'ap-southeast-2': '783357654285',
  'ap-southeast-3': '951798379941',
  'ap-southeast-4': '106583098589',
  'ca-central-1': '341280168497',
  'ca-west-1': '190319476487',
  'cn-north-1': '450853457545',
  'cn-northwest-1': '451049120500',
  'eu-central-1': '492215442770',
  'eu-central-2': '680994064768',
  'eu-north-1': '662702820516',
  'eu-south-1': '978288397137',
  'eu-south-2': '104374241257',
  'eu-west-1': '141502667606',
  'eu-west-2': '764974769150',
  'eu-west-3': '659782779980',
  'il-central-1': '898809789911',
  'me-central-1': '272398656194',
  'me-south-1': '801668240914',
  'sa-east-1': '737474898029',
  'us-east-1': '683313688378',
  'us-east-2': '257758044811',
  'us-gov-east-1': '237065988967',
  'us-gov-west-1': '414596584902',
  'us-iso-east-1': '833128469047',
  'us-isob-east-1': '281123927165',
  'us-isof-east-1': '108575199400',
  'us-isof-south-1': '124985052026',
  'us-west-1': '746614075791',
  'us-west-2': '246618743249',
};

// The DNS suffix of the partition that a region belongs to, by the region's prefix. Source: botocore's partitions.json.
const dnsSuffixes: readonly (readonly [prefix: string, suffix: string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['us-isof-', 'csp.hci.ic.gov'],
];

/** Tags of XGBoost's versions, oldest first; older ones say what they run on. Source: as above. */
const xgboostTags = [
  '0.90-1-cpu-py3',
  '0.90-2-cpu-py3',
  '1.0-1-cpu-py3',
  '1.2-1',
  '1.2-2',
  '1.3-1',
  '1.5-1',
  '1.7-1',
  '3.0-5',
];

function imageUri(account: string, region: string, repository: string): string {
  const suffix = dnsSuffixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? 'amazonaws.com';
  return `${account}.dkr.ecr.${region}.${suffix}/${repository}`;
}

/** The repositories of the built-in algorithms in a region, each with the tags of its versions, oldest first; none where AWS has none. */
export function builtInRepositories(region: string): { name: string; uri: string; tags: string[] }[] {
  const xgboost = xgboostAccounts[region];
  const others = builtInRegistries.flatMap(({ repositories, accounts }) => {
    const account = accounts[region];
    return account === undefined
      ? []
      : repositories.map((name) => ({ name, uri: imageUri(account, region, name), tags: ['1'] }));
  });
  if (xgboost === undefined) return others;
  const name = 'sagemaker-xgboost';
  return [...others, { name, uri: imageUri(xgboost, region, name), tags: xgboostTags }];
}

/** The image of SageMaker's built-in XGBoost in a region. @throws GatewayError when AWS has none there */
export function xgboostImage(region: string, version = '1.7-1'): string {
  const account = xgboostAccounts[region];
  if (account === undefined) {
    throw new GatewayError(
      'validation_failed',
      `No built-in XGBoost image is known for the region "${region}"; name an image in /algorithm/image instead.`,
      { errors: [{ pointer: '/algorithm', detail: `has no built-in image in the region "${region}"` }] },
    );
  }
  return `${imageUri(account, region, 'sagemaker-xgboost')}:${version}`;
}
