import { identityOf, maxIdBytes } from '../../../../services/shared/domain/identity';

test('ids may be strings or numbers; empty is none', () => {
  const message = { messageId: 'm', anonymousId: '', userId: 42 };
  expect(identityOf(message, { device: { id: 'd' } })).toEqual({
    messageId: 'm',
    anonymousId: null,
    userId: '42',
    deviceId: 'd',
    sessionId: null,
    tooLong: [],
  });
});

test.each([
  [{ sessionId: 17 }, {}, '17'],
  [{ session_id: 's' }, {}, 's'],
  [{ session: { id: 's' } }, {}, 's'],
  [{ session: 's' }, { session_id: 'p' }, 'p'],
  [{}, { ga_session_id: 1_608_330_674 }, '1608330674'],
  [{ sessionId: 'c' }, { session_id: 'p' }, 'c'],
  [{ sessionId: '' }, { session_id: 'p' }, 'p'],
  [{}, {}, null],
])('the session of %p and %p is %p', (context, properties, sessionId) => {
  expect(identityOf({ properties }, context).sessionId).toBe(sessionId);
});

test('an id of more bytes than fit is named and left out', () => {
  const fits = 'é'.repeat(maxIdBytes / 2);
  const { anonymousId, userId, tooLong } = identityOf(
    { anonymousId: fits, userId: `${fits}x` },
    {},
  );
  expect({ anonymousId, userId, tooLong }).toEqual({
    anonymousId: fits,
    userId: null,
    tooLong: ['userId'],
  });
});
