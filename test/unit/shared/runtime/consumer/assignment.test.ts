import { createAssignment } from '../../../../../services/shared/runtime/consumer/assignment';

test('a rebalance makes new partitions of all, and says which are gone', () => {
  const assignment = createAssignment();
  expect(assignment.replace({ a: [0, 1], b: [0] })).toEqual([]);
  const kept = assignment.find('a', 0);
  const lost = assignment.replace({ a: [0, 2] });
  expect(lost.map((one) => `${one.topic}/${one.partition}`)).toEqual(['a/1', 'b/0']);
  expect(kept !== undefined && assignment.isCurrent(kept)).toBe(false);
  expect(assignment.find('a', 0)).toMatchObject({ position: null, waiting: 'admission' });
  expect(assignment.find('b', 0)).toBeUndefined();
});

test('thrown out of the group, nothing is ours; what comes back is new', () => {
  const assignment = createAssignment();
  assignment.replace({ a: [0] });
  expect(assignment.clear()).toHaveLength(1);
  expect(assignment.all()).toEqual([]);
  expect(assignment.replace({ a: [0] })).toEqual([]);
});
