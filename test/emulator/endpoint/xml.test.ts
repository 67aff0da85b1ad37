import { readXml, xmlDocument } from '../../../emulator/endpoint/xml';

test('a document has an element for each member, and one for each item of a list', () => {
  const document = xmlDocument('List', { Name: 'a<b>&"\r\0', None: undefined, Item: [{ Key: 1 }, { Key: 2 }], Empty: [] });
  expect(document).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<List xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>a&lt;b&gt;&amp;"&#13;?</Name><Item><Key>1</Key></Item><Item><Key>2</Key></Item></List>');
});

test.each([
  ['<A/>', { name: 'A', text: '', children: [] }],
  ['<?xml version="1.0"?>\n<A xmlns="x" b=\'c\'> <B>1</B>\n<C>&quot;&#65;&#x42;&amp;&lt;</C></A>\n', { name: 'A', children: [{ name: 'B', text: '1', children: [] }, { name: 'C', text: '"AB&<', children: [] }] }],
])('%j is read', (text, expected) => {
  expect(readXml(text)).toMatchObject(expected);
});

test.each([
  '', 'text', '<A>', '</A>', '<A></B>', '<A/><B/>', 'x<A/>', '<A/>x', '<A>&none;</A>', '<A>&</A>', '<A>&#x110000;</A>', '<A b></A>', '<A', '<!DOCTYPE A [<!ENTITY e "x">]><A>&e;</A>', '<A><![CDATA[x]]></A>', '<A><!-- x --></A>',
  `${'<A>'.repeat(9)}${'</A>'.repeat(9)}`,
])('%j is no document', (text) => {
  expect(readXml(text)).toBeUndefined();
});
