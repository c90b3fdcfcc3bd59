/** A page of a list: at most as many as asked for, with what to ask for the next one. */
export interface PageOf<T> {
  items: T[];
  next: number | null;
}

/** Reads on until there are as many as asked for, or all: a page of a search may be short and not the last. */
export async function upTo<T>(
  limit: number, read: (limit: number, after: number | undefined) => Promise<PageOf<T>>,
): Promise<PageOf<T>> {
  const items: T[] = [];
  let next: number | null = null;
  do {
    const page: PageOf<T> = await read(limit - items.length, next ?? undefined);
    items.push(...page.items);
    next = page.next;
  } while (next != null && items.length < limit);
  return { items, next };
}
