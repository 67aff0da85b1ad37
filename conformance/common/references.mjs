// References in a template.

/** A copy of a template in which `replace('AWS::EFS::FileSystem.Arn', id)` replaces a reference, unless it returns undefined. A `Ref` is `<type>.Ref`. */
export function mapReferences(template, replace) {
  const map = (value) => {
    if (Array.isArray(value)) return value.map(map);
    if (typeof value !== 'object' || value === null) return value;
    const [id, attribute = 'Ref'] = [value['Fn::GetAtt'] ?? value.Ref ?? []].flat();
    const type = template.Resources[id]?.Type;
    return (type && replace(`${type}.${attribute}`, id)) ?? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, map(item)]));
  };
  return map(template);
}
