import { isFiller } from '../../../../services/shared/domain/filler';

test.each(['', ' ', '(not set)', '(Not Set)', 'null', 'undefined', ' NaN ', 'none', 'N/A'])(
  '%p stands for nothing',
  (text) => {
    expect(isFiller(text)).toBe(true);
  },
);

test.each(['0', 'no', 'nullable', 'Bags', '-'])('%p is a value', (text) => {
  expect(isFiller(text)).toBe(false);
});
