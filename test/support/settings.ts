/** The fewest settings with which a gateway starts: everyone is let in, and one provider is there. */
export const ENOUGH = { AUTH: 'none', OCTOBAT_API_KEY: 'key' };
