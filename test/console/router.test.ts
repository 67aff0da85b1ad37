import { hashOf, isNewPlace, routeOf } from '../../console/router';

test.each(['#/', '#/?job=a&status=RUNNING&next=x', '#/new', '#/new/a%20b', '#/runs/x%2Fy'])('%s names a route, which has this address', (hash) => {
  expect(hashOf(routeOf(hash))).toBe(hash);
});

test.each([
  ['#/', '#/runs/a', true], ['#/runs/a', '#/runs/b', true], ['#/new/a', '#/new/b', false], ['#/', '#/?job=a', false], ['#/?job=a&next=x', '#/?job=b', false],
  ['#/?job=a', '#/?job=a&next=x', true], ['#/?next=x', '#/', true], ['#/?next=x', '#/?next=x', false],
])('from %s to %s is a new place: %s', (before, after, expected) => {
  expect(isNewPlace(routeOf(before), routeOf(after))).toBe(expected);
});
