import { describeWithData } from '../../../support/real-data';
import { eventFrom } from './messages';

describeWithData('sdk/segment_ecommerce_v2_events.json', (file) => {
  const examples = JSON.parse(file.text()) as readonly { event: string }[];
  const landed = new Map(
    examples.map((example, index) => [
      example.event,
      eventFrom({ ...example, anonymousId: 'ann', messageId: `m-${index}` }),
    ]),
  );

  test('every example is accepted', () => {
    expect(examples).toHaveLength(25);
    expect([...landed.values()].filter(({ invalid }) => invalid !== null)).toEqual([]);
  });

  test('and has the type the spec gives it', () => {
    expect(Object.fromEntries([...landed].map(([name, { type }]) => [name, type]))).toMatchObject({
      'Products Searched': 'products_searched',
      'Product List Viewed': 'product_list_viewed',
      'Promotion Clicked': 'promotion_clicked',
      'Product Clicked': 'product_clicked',
      'Product Viewed': 'product_viewed',
      'Product Added': 'product_added',
      'Product Removed': 'product_removed',
      'Checkout Started': 'checkout_started',
      'Payment Info Entered': 'payment_info_entered',
      'Order Completed': 'order_completed',
      'Order Refunded': 'order_refunded',
      'Order Cancelled': 'order_cancelled',
      'Product Added to Wishlist': 'product_wishlisted',
      'Wishlist Product Added to Cart': 'product_added',
      'Cart Viewed': 'custom',
      'Product Removed from Wishlist': 'custom',
      'Promotion Viewed': 'custom',
      'Order Updated': 'custom',
      'Product Reviewed': 'custom',
    });
  });

  test('the order has its products and its money', () => {
    const order = landed.get('Order Completed');
    expect(order).toMatchObject({ currency: 'USD', shop: 'Google Store' });
    expect(order?.effect).toEqual({
      orderId: '50314b8e9bcf000000000000',
      revenueMinor: 2250,
      taxMinor: 200,
      shippingMinor: 300,
      coupon: 'hasbros',
    });
    expect(order?.items.map(({ priceMinor, quantity }) => [priceMinor, quantity])).toEqual([
      [1900, 1],
      [300, 2],
    ]);
    expect(landed.get('Order Refunded')?.effect?.revenueMinor).toBe(3000);
  });
});

describeWithData('sdk/segment_spec_payloads.json', (file) => {
  const payloads = (JSON.parse(file.text()) as readonly { file: string; payload: object }[]).filter(
    ({ payload }) => 'type' in payload,
  );

  test.each(payloads.map(({ payload }, index) => [index, payload] as const))(
    '%i',
    (_i, payload) => {
      const event = eventFrom({ anonymousId: 'ann', ...payload }, { imported: true });
      expect(event.invalid).toBeNull();
    },
  );
});
