/** Stands in for Node modules that the browser never calls. */
export default {};
