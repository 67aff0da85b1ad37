# Requests that are signed by hand. In AWS, the keys of a job are not in its environment.
set -eu
request() {
  curl --silent --show-error --aws-sigv4 "aws:amz:$AWS_REGION:s3" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY" --header 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "$@"
}
url="$AWS_ENDPOINT_URL_S3"
request --fail --output /tmp/text "$url/${1#s3://}"

head -c 12582912 /dev/urandom > /tmp/big
request --fail --upload-file /tmp/big "$url/$BUCKET/a%20b/big%2B1"
request --fail --output /tmp/copy "$url/$BUCKET/a%20b/big%2B1"
same=false
cmp /tmp/big /tmp/copy && same=true
listed=$(request --fail "$url/$BUCKET?list-type=2" | sed -n 's/.*<Key>\(.*\)<\/Key>.*/\1/p')
denied=$(request "$url/${HEAVY_BATCH_RESULT#s3://}" | sed -n 's/.*<Code>\(.*\)<\/Code>.*/\1/p')

echo "{\"read\": $(wc -c < /tmp/text), \"isSame\": $same, \"listed\": [\"$listed\"], \"denied\": \"$denied\"}" > /tmp/result
request --fail --upload-file /tmp/result "$url/${HEAVY_BATCH_RESULT#s3://}"
