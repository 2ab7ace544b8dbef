export const namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';
