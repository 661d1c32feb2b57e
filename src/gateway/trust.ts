/** Ranks providers by the order of trust; who is not named comes last. @param trustOrder provider ids */
export function ranks(trustOrder: readonly string[]): (provider: string) => number {
  return (provider) => {
    const place = trustOrder.indexOf(provider);
    return place < 0 ? trustOrder.length : place;
  };
}
