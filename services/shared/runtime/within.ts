/** What the work comes to; where that takes longer than `ms`, what `orElse` gives or throws instead.
 *  The work is not stopped, and a failure that comes after that is nobody's. */
export async function within<T, Late>(
  ms: number,
  work: T | Promise<T>,
  orElse: () => Late,
): Promise<T | Late> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    return await Promise.race([work, late.then(orElse)]);
  } finally {
    clearTimeout(timer);
  }
}
