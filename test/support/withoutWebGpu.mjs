/** Module hooks for a process in which the package webgpu is not installed. */
export const resolve = (specifier, context, next) => {
  if (specifier !== 'webgpu') return next(specifier, context)
  throw Object.assign(new Error(`Cannot find package '${specifier}'`), { code: 'ERR_MODULE_NOT_FOUND' })
}
