/**
 * saddlepoint: composable functional autodiff for GANs. Write a GAN as pure functions, compose them with `pipe`, and get
 * one compiled training step.
 *
 * @module saddlepoint
 */
export * from './core.ts'
export * from './files.ts'
