import t from 'tap';
import { listPage } from '../../src/local/control-plane/list-page.ts';
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
    t.equal(listPage(items, describe, { CreationTimeAfter: 5, CreationTimeBefore: 6 }).page.length, 4);
    t.equal(listPage(items, describe, { LastModifiedTimeAfter: 106 }).page.length, 1);
    t.same(listPage(items, describe, { NameContains: 'nothing' }), { page: [] });
  });

  t.throws(() => listPage(items, describe, { NextToken: 'nonsense' }), { code: 'ValidationException' });
});

t.test('XML', async (t) => {
  t.equal(
    xmlDocument('A', { B: '<&>"\r', C: undefined, D: [1, { E: true }], F: '' }, 'urn:x'),
    '<?xml version="1.0" encoding="UTF-8"?>\n<A xmlns="urn:x"><B>&lt;&amp;&gt;&quot;&#13;</B><D>1</D><D><E>true</E></D><F></F></A>',
  );
});
