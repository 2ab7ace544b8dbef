import t from 'tap';
import { GatewayError } from '../../src/errors.ts';
import { xgboostImage } from '../../src/sagemaker/built-in-images.ts';

t.test('the image of the built-in XGBoost, by region, partition and version', async (t) => {
  t.equal(xgboostImage('us-east-1'), '683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1');
  t.equal(xgboostImage('eu-west-1', '1.5-1'), '141502667606.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-xgboost:1.5-1');
  t.match(xgboostImage('cn-north-1'), /\.dkr\.ecr\.cn-north-1\.amazonaws\.com\.cn\//);
  t.match(xgboostImage('us-gov-west-1'), /\.us-gov-west-1\.amazonaws\.com\//);
  t.match(xgboostImage('us-iso-east-1'), /\.us-iso-east-1\.c2s\.ic\.gov\//);
  t.match(xgboostImage('us-isob-east-1'), /\.us-isob-east-1\.sc2s\.sgov\.gov\//);
});

t.test('a region without one', async (t) => {
  t.throws(
    () => xgboostImage('mars-north-1'),
    new GatewayError(
      'validation_failed',
      'No built-in XGBoost image is known for the region "mars-north-1"; name an image in /algorithm/image instead.',
    ),
  );
});
