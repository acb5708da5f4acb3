/**
 * Figures: `import { Figure } from 'saddlepoint/figures'`, apart from the root since they load a plotting library.
 *
 * @module saddlepoint/figures
 */
export * as Figure from './io/figures/figure.ts'
