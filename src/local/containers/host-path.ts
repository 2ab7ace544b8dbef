/** A path of the container, or an argument that ends in one such as `--in=/opt/ml/…`, with the folder that stands in for its /opt/ml. */
export const hostPath = (path: string, prefix: string) => path.replace(/(?<=^|=)\/opt\/ml(?=\/|$)/, () => prefix);
