# AWS's XGBoost tutorial by the SageMaker Python SDK (version 2, whose estimators it is written with), with nothing said to it but variables.
import contextlib
import io
import json
import os
import tempfile

import sagemaker
from sagemaker import image_uris
from sagemaker.inputs import TrainingInput
from sagemaker.serializers import CSVSerializer

rows = [[x % 2, (x % 2) * 10 + x % 7, (x * 7) % 13] for x in range(400)]
folder = tempfile.mkdtemp()
for name, part in (('train', rows[:300]), ('validation', rows[300:])):
    with open(os.path.join(folder, f'{name}.csv'), 'w') as file:
        file.writelines(','.join(map(str, row)) + '\n' for row in part)

session = sagemaker.Session()
role = sagemaker.get_execution_role()
bucket = session.default_bucket()
inputs = {
    name: TrainingInput(
        session.upload_data(os.path.join(folder, f'{name}.csv'), bucket=bucket, key_prefix=f'tutorial/{name}'),
        content_type='csv',
    )
    for name in ('train', 'validation')
}
estimator = sagemaker.estimator.Estimator(
    image_uris.retrieve('xgboost', session.boto_region_name, '1.7-1'),
    role,
    instance_count=1,
    instance_type='ml.m5.large',
    output_path=f's3://{bucket}/tutorial/output',
    sagemaker_session=session,
)
estimator.set_hyperparameters(objective='binary:logistic', num_round=5, max_depth=3)
printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    estimator.fit(inputs, logs='All')
    predictor = estimator.deploy(initial_instance_count=1, instance_type='ml.m5.large', serializer=CSVSerializer())
    answer = predictor.predict([row[1:] for row in rows[300:]]).decode()
    scores = [float(score) for score in answer.split()]
    right = sum(round(score) == row[0] for score, row in zip(scores, rows[300:]))
    job = session.sagemaker_client.describe_training_job(TrainingJobName=estimator.latest_training_job.name)
    predictor.delete_model()
    predictor.delete_endpoint()
left = session.sagemaker_client.list_endpoints()['Endpoints']
print(
    json.dumps(
        {
            'role': role,
            'bucket': bucket,
            'log': printed.getvalue(),
            'accuracy': right / len(scores),
            'rows': len(scores),
            'metrics': sorted(metric['MetricName'] for metric in job['FinalMetricDataList']),
            'left': len(left),
        }
    )
)
