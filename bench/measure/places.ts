import { fileURLToPath } from 'node:url'

/** This folder as it is in the repository: the compiled files lie in out/bench/bench/measure. */
export const benchFolder = fileURLToPath(new URL('../../../../bench/', import.meta.url))
