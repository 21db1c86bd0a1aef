/** What stands before the first hyphen of a stream's name, and what after it: `case` and the id of `case-{id}`. */
export const categoryOf = (stream: string): string => {
  const hyphen = stream.indexOf('-');
  return hyphen === -1 ? stream : stream.slice(0, hyphen);
};

export const identityOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
