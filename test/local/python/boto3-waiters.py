# Every waiter of boto3, its paginators, and what it makes of errors.
import json
import shutil

import boto3
from botocore.exceptions import ClientError, WaiterError

sagemaker = boto3.client('sagemaker')
s3 = boto3.client('s3')
role = boto3.client('iam').get_role(RoleName='anything')['Role']['Arn']
image = '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1'
quick = {'Delay': 1, 'MaxAttempts': 60}
waited = []


def wait(name, **arguments):
    sagemaker.get_waiter(name).wait(WaiterConfig=quick, **arguments)
    waited.append(name)


s3.create_bucket(Bucket='waiters')
s3.put_object(Bucket='waiters', Key='train/a.csv', Body='\n'.join(f'{x % 2},{x % 2 * 5 + x % 3}' for x in range(60)))
s3.put_object(Bucket='waiters', Key='rows/a.csv', Body='6\n0\n')
sagemaker.create_training_job(
    TrainingJobName='job',
    RoleArn=role,
    AlgorithmSpecification={'TrainingImage': image, 'TrainingInputMode': 'File'},
    HyperParameters={'num_round': '2', 'objective': 'binary:logistic'},
    InputDataConfig=[
        {
            'ChannelName': 'train',
            'ContentType': 'text/csv',
            'DataSource': {'S3DataSource': {'S3DataType': 'S3Prefix', 'S3Uri': 's3://waiters/train'}},
        }
    ],
    OutputDataConfig={'S3OutputPath': 's3://waiters/out'},
    ResourceConfig={'InstanceType': 'ml.m5.large', 'InstanceCount': 1, 'VolumeSizeInGB': 1},
    StoppingCondition={'MaxRuntimeInSeconds': 60},
)
wait('training_job_completed_or_stopped', TrainingJobName='job')
model = {'Image': image, 'ModelDataUrl': 's3://waiters/out/job/output/model.tar.gz'}
sagemaker.create_model(ModelName='model', ExecutionRoleArn=role, PrimaryContainer=model)
sagemaker.create_transform_job(
    TransformJobName='transform',
    ModelName='model',
    TransformInput={
        'ContentType': 'text/csv',
        'SplitType': 'Line',
        'DataSource': {'S3DataSource': {'S3DataType': 'S3Prefix', 'S3Uri': 's3://waiters/rows'}},
    },
    TransformOutput={'S3OutputPath': 's3://waiters/scores'},
    TransformResources={'InstanceType': 'ml.m5.large', 'InstanceCount': 1},
)
wait('transform_job_completed_or_stopped', TransformJobName='transform')
variant = {'VariantName': 'one', 'ModelName': 'model', 'InitialInstanceCount': 1, 'InstanceType': 'ml.m5.large'}
sagemaker.create_endpoint_config(EndpointConfigName='config', ProductionVariants=[variant])
sagemaker.create_endpoint(EndpointName='endpoint', EndpointConfigName='config')
wait('endpoint_in_service', EndpointName='endpoint')
sagemaker.delete_endpoint(EndpointName='endpoint')
wait('endpoint_deleted', EndpointName='endpoint')

s3.put_object(Bucket='waiters', Key='code/script.sh', Body='wc -l < "$SM_PREFIX/processing/rows/a.csv" > "$SM_PREFIX/processing/out/lines"')
place = lambda name, key: {'S3Uri': f's3://waiters/{key}', 'LocalPath': f'/opt/ml/processing/{name}'}
sagemaker.create_processing_job(
    ProcessingJobName='processing',
    RoleArn=role,
    AppSpecification={'ImageUri': 'script:1', 'ContainerEntrypoint': ['sh', '/opt/ml/processing/code/script.sh']},
    ProcessingInputs=[
        {'InputName': name, 'S3Input': {**place(name, key), 'S3DataType': 'S3Prefix', 'S3InputMode': 'File'}}
        for name, key in (('code', 'code/script.sh'), ('rows', 'rows/a.csv'))
    ],
    ProcessingOutputConfig={
        'Outputs': [{'OutputName': 'out', 'S3Output': {**place('out', 'lines'), 'S3UploadMode': 'EndOfJob'}}]
    },
    ProcessingResources={'ClusterConfig': {'InstanceCount': 1, 'InstanceType': 'ml.m5.large', 'VolumeSizeInGB': 1}},
)
wait('processing_job_completed_or_stopped', ProcessingJobName='processing')

if shutil.which('jupyter-server'):
    notebook = {'NotebookInstanceName': 'notebook'}
    sagemaker.create_notebook_instance(InstanceType='ml.t3.medium', RoleArn=role, **notebook)
    wait('notebook_instance_in_service', **notebook)
    sagemaker.stop_notebook_instance(**notebook)
    wait('notebook_instance_stopped', **notebook)
    sagemaker.delete_notebook_instance(**notebook)
    wait('notebook_instance_deleted', **notebook)


def wait_deleted(name, **arguments):
    # That of older releases looks for a code that SageMaker does not give: https://github.com/boto/botocore/issues/3782
    if any(acceptor.expected == 'ResourceNotFound' for acceptor in sagemaker.get_waiter(name).config.acceptors):
        return wait(name, **arguments)
    try:
        wait(name, **arguments)
    except WaiterError as error:
        if error.last_response['Error']['Code'] == 'ResourceNotFound':
            waited.append(name)


own = {'ImageName': 'own'}
sagemaker.create_image(RoleArn=role, **own)
wait('image_created', **own)
sagemaker.update_image(Description='changed', **own)
wait('image_updated', **own)
sagemaker.create_image_version(BaseImage=image, **own)
wait('image_version_created', **own)
sagemaker.delete_image_version(Version=1, **own)
wait_deleted('image_version_deleted', Version=1, **own)
sagemaker.delete_image(**own)
wait_deleted('image_deleted', **own)

for number in range(25):
    sagemaker.create_model(ModelName=f'many-{number:02}', ExecutionRoleArn=role, PrimaryContainer=model)
pages = list(
    sagemaker.get_paginator('list_models').paginate(
        NameContains='many', SortBy='Name', SortOrder='Ascending', PaginationConfig={'PageSize': 10}
    )
)
streams = boto3.client('logs').get_paginator('describe_log_streams').paginate(
    logGroupName='/aws/sagemaker/TrainingJobs', logStreamNamePrefix='job/'
)

errors = []
for call in (
    lambda: sagemaker.describe_endpoint(EndpointName='missing'),
    lambda: sagemaker.describe_training_job(TrainingJobName='missing'),
    lambda: sagemaker.list_models(SortBy='Size'),
    lambda: sagemaker.list_domains(),
):
    try:
        call()
    except ClientError as error:
        errors.append(error.response['Error']['Code'])

print(
    json.dumps(
        {
            'waited': waited,
            'unwaited': sorted(set(sagemaker.waiter_names) - set(waited)),
            'lines': s3.get_object(Bucket='waiters', Key='lines/lines')['Body'].read().decode().strip(),
            'pages': [[each['ModelName'] for each in page['Models']] for page in pages],
            'streams': sum(len(page['logStreams']) for page in streams),
            'scores': s3.get_object(Bucket='waiters', Key='scores/a.csv.out')['Body'].read().decode().count('\n'),
            'errors': errors,
        }
    )
)
