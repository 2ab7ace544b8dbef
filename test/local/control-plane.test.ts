import t from 'tap';
import Type from 'typebox';
import { listPage } from '../../src/local/control-plane/list-page.ts';
import { text } from '../../src/local/wire/shapes.ts';
import { inputOf } from '../../src/local/wire/validate.ts';
import { xmlDocument } from '../../src/local/wire/xml.ts';

interface Item {
  name: string;
  created: number;
  status: string;
}

const items: Item[] = Array.from({ length: 25 }, (_, at) => ({
  name: `item-${String.fromCharCode(97 + ((at * 7) % 25))}`,
  // Several of the same moment: the name decides among them.
  created: Math.floor(at / 4),
  status: at % 3 === 0 ? 'Failed' : 'InService',
}));
const describe = (item: Item) => ({ ...item, modified: item.created + 100 });
const names = (page: Item[]) => page.map(({ name }) => name);

t.test('listing', async (t) => {
  await t.test('ten a page, newest first', async (t) => {
    const { page, NextToken } = listPage(items, describe, {});
    t.equal(page.length, 10);
    t.equal(page[0]?.created, 6);
    t.type(NextToken, 'string');
  });

  for (const SortBy of ['Name', 'CreationTime', 'Status']) {
    for (const SortOrder of ['Ascending', 'Descending']) {
      await t.test(`every item once by ${SortBy}, ${SortOrder}`, async (t) => {
        const seen: Item[] = [];
        let NextToken: string | undefined;
        do {
          const answer = listPage(items, describe, {
            SortBy,
            SortOrder,
            MaxResults: 4,
            ...(NextToken && { NextToken }),
          });
          seen.push(...answer.page);
          NextToken = answer.NextToken;
        } while (NextToken);
        t.equal(new Set(names(seen)).size, 25);
        t.equal(seen.length, 25);
        const values = seen.map((item) =>
          SortBy === 'Name' ? item.name : SortBy === 'Status' ? item.status : item.created,
        );
        const sign = SortOrder === 'Ascending' ? 1 : -1;
        t.ok(
          values.every(
            (value, at) =>
              at === 0 || (value > (values[at - 1] ?? '') ? 1 : value === values[at - 1] ? 0 : -1) * sign >= 0,
          ),
        );
      });
    }
  }

  await t.test('what is deleted or created between two pages moves nothing else', async (t) => {
    const sorted = { SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 5 };
    const first = listPage(items, describe, sorted);
    const later = items.filter(({ name }) => !names(first.page).includes(name));
    later.push({ name: 'item-0', created: 9, status: 'InService' });
    const second = listPage(later, describe, { ...sorted, NextToken: String(first.NextToken) });
    t.same(names(second.page), ['item-f', 'item-g', 'item-h', 'item-i', 'item-j']);
  });

  await t.test('filters', async (t) => {
    t.equal(listPage(items, describe, { NameContains: 'EM-C' }).page.length, 1);
    t.equal(listPage(items, describe, { StatusEquals: 'Failed' }).page.length, 9);
    t.equal(listPage(items, describe, { CreationTimeAfter: 5, CreationTimeBefore: 5 }).page.length, 4);
    t.equal(listPage(items, describe, { LastModifiedTimeAfter: 106 }).page.length, 1);
    t.same(listPage(items, describe, { NameContains: 'nothing' }), { page: [] });
  });

  t.throws(() => listPage(items, describe, { NextToken: 'nonsense' }), { code: 'ValidationException' });
});

t.test("validation in AWS's words", async (t) => {
  const schema = Type.Object({
    SomeName: text(3, '[a-z]+'),
    Number: Type.Optional(Type.Integer({ minimum: 1 })),
    Flag: Type.Optional(Type.Boolean()),
    Map: Type.Optional(Type.Record(Type.String(), text(2))),
    List: Type.Optional(Type.Array(Type.Object({ Kind: Type.Enum(['A', 'B']) }), { minItems: 1 })),
  });
  const check = inputOf(schema);
  const message = (body: object) => {
    try {
      check(body);
      return 'fits';
    } catch (error) {
      return `${(error as Error).name}: ${(error as Error).message}`;
    }
  };
  t.equal(message({ SomeName: 'abc', Number: 1, Unknown: 'is ignored' }), 'fits');
  const one = 'ValidationException: 1 validation error detected: ';
  const failed = 'failed to satisfy constraint: ';
  t.equal(message({}), `${one}Value null at 'someName' ${failed}Member must not be null`);
  t.equal(
    message({ SomeName: 'A' }),
    `${one}Value 'A' at 'someName' ${failed}Member must satisfy regular expression pattern: [a-z]+`,
  );
  t.equal(
    message({ SomeName: 'abcd' }),
    `${one}Value 'abcd' at 'someName' ${failed}Member must have length less than or equal to 3`,
  );
  t.equal(
    message({ SomeName: 'a', Number: 0 }),
    `${one}Value '0' at 'number' ${failed}Member must have value greater than or equal to 1`,
  );
  t.equal(
    message({ SomeName: 'a', List: [{ Kind: 'A' }, { Kind: 'C' }] }),
    `${one}Value 'C' at 'list.2.member.kind' ${failed}Member must satisfy enum value set: [A, B]`,
  );
  t.equal(
    message({ SomeName: 'a', List: [] }),
    `${one}Value '[]' at 'list' ${failed}Member must have length greater than or equal to 1`,
  );
  t.equal(
    message({ SomeName: 'a', Map: { key: 'too long' } }),
    `${one}Value at 'map' ${failed}Map value must satisfy constraint: [Member must have length less than or equal to 2]`,
  );
  t.match(message({ SomeName: 'ABCD', Number: 0 }), /^ValidationException: 3 validation errors detected: .*; .*; /);
  t.equal(message({ SomeName: 1 }), 'SerializationException: NUMBER_VALUE can not be converted to a String');
  t.equal(
    message({ SomeName: 'a', Number: '1' }),
    'SerializationException: STRING_VALUE can not be converted to an Integer',
  );
});

t.test('XML', async (t) => {
  t.equal(
    xmlDocument('A', { B: '<&>"\r', C: undefined, D: [1, { E: true }], F: '' }, 'urn:x'),
    '<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="urn:x"><B>&lt;&amp;&gt;&quot;&#13;</B><D>1</D><D><E>true</E></D><F></F></A>',
  );
});
