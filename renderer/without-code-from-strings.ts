import { config } from 'zod';

// The content security policy forbids to make code out of strings, and merely trying would be a violation of it. Schemas
// look at this when they are made, so it comes before all that makes any.
config({ jitless: true });
