import t from 'tap';
import { FeatureProfile } from '../../../src/admin/training/feature-profile.ts';

function profile(header: string, ...rows: string[]) {
  const names = header.split(',');
  const learned = new FeatureProfile(names);
  for (const row of rows) {
    learned.add(
      row.split(','),
      names.map((_name, i) => i),
    );
  }
  return learned.features();
}

const shapes = (header: string, ...rows: string[]) =>
  profile(header, ...rows).map(({ name, type, categories }) => [name, categories?.join(' ') ?? type].join(': '));

t.test('types and ranges are those of the rows, and the example is the first row', async (t) => {
  t.strictSame(profile('age,rate,smoker,constant,gap', '30,0.5,0,0,', '40,-1e3,1,0,7', '35,2,1,0,nan'), [
    { name: 'age', type: 'integer', min: 30, max: 40, example: 30 },
    { name: 'rate', type: 'number', min: -1000, max: 2, example: 0.5 },
    { name: 'smoker', type: 'boolean', example: 0 },
    { name: 'constant', type: 'integer', min: 0, max: 0, example: 0 },
    { name: 'gap', type: 'integer', min: 7, max: 7, example: null },
  ]);
});

t.test('columns of which exactly one is 1 in every row are one category', async (t) => {
  t.strictSame(profile('age,job_cook,job_smith', '1,0,1', '2,1,0'), [
    { name: 'age', type: 'integer', min: 1, max: 2, example: 1 },
    {
      name: 'job',
      type: 'category',
      categories: ['cook', 'smith'],
      columns: ['job_cook', 'job_smith'],
      example: 'smith',
    },
  ]);
  t.strictSame(shapes('a_x,a_y,b_x,b_y', '1,0,0,1', '0,1,1,0'), ['a: x y', 'b: x y'], 'neighbours');
  t.strictSame(shapes('day_of_week_fri,day_of_week_mon', '1,0', '0,1'), ['day_of_week: fri mon'], 'the longest name');
  t.strictSame(shapes('job_a,job_b,job_c', '1,0,0', '0,0,1'), ['job: a b c'], 'a category that no row has');
  t.strictSame(
    shapes('job_self_employed,job_self_taught,job_none', '1,0,0', '0,1,0'),
    ['job: self_employed self_taught none'],
    'a longer prefix does not cut off an empty category',
  );
  t.strictSame(
    shapes('a_x_1,a_x_2,a_y_1,a_y_2', '1,0,0,1', '0,1,1,0'),
    ['a_x: 1 2', 'a_y: 1 2'],
    'two categories under one prefix',
  );
  t.strictSame(
    shapes('job_count,job_a,job_b', '7,1,0', '0,0,1'),
    ['job_count: integer', 'job: a b'],
    'beside a number',
  );
});

t.test('columns that only look like a category stay what they are', async (t) => {
  const single = ['a_x: boolean', 'a_y: boolean'];
  t.strictSame(shapes('a_x,a_y', '1,0', '1,1', '0,1'), single, 'two in a row');
  t.strictSame(shapes('a_x,a_y', '1,0', '0,0', '0,1'), single, 'none in a row');
  t.strictSame(shapes('a_x,a_y', '1,0', '0,1', ',1'), ['a_x: integer', 'a_y: boolean'], 'a missing value');
  t.strictSame(shapes('a_x,b,a_y', '1,5,0', '0,5,1'), ['a_x: boolean', 'b: integer', 'a_y: boolean'], 'apart');
  t.strictSame(shapes('a,a_x,a_y', '5,1,0', '5,0,1'), ['a: integer', ...single], 'the name is taken');
  t.strictSame(shapes('x,y', '1,0', '0,1'), ['x: boolean', 'y: boolean'], 'no prefix in common');
  t.strictSame(shapes('a_x,a_y', '2,-1', '0,1'), ['a_x: integer', 'a_y: integer'], 'one by sum only');
  t.strictSame(
    shapes('a_x,a_y,a_z', '1,0,1', '0,1,0', '0,0,0'),
    ['a_x: boolean', 'a_y: boolean', 'a_z: boolean'],
    'as many ones as rows, but two in one and none in another',
  );
});

t.test('text is a category, and of too many kinds to list any text', async (t) => {
  t.strictSame(profile('job', 'cook', 'smith', 'cook', ''), [
    { name: 'job', type: 'category', categories: ['cook', 'smith'], example: 'cook' },
  ]);
  const many = Array.from({ length: 150 }, (_, i) => `text ${i}`);
  t.strictSame(profile('note', ...many), [{ name: 'note', type: 'category', example: 'text 0' }]);
  t.strictSame(profile('mixed', '1', 'x'), [{ name: 'mixed', type: 'category', example: 1 }]);
});
