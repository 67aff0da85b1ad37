# The program of a job, as it is for AWS: the AWS CLI, and nothing that is for local runs.
set -eu
aws s3 cp --quiet "$1" /tmp/text

head -c 12582912 /dev/urandom > /tmp/big
aws s3 cp --quiet /tmp/big "s3://$BUCKET/a b/big+1"
aws s3 cp --quiet "s3://$BUCKET/a b/big+1" /tmp/copy
same=false
cmp /tmp/big /tmp/copy && same=true
listed=$(aws s3api list-objects-v2 --bucket "$BUCKET" --query 'Contents[].Key' --output json | tr -d '\n')
key=${HEAVY_BATCH_RESULT#s3://*/}
bucket=${HEAVY_BATCH_RESULT#s3://}
denied=$(aws s3api get-object --bucket "${bucket%%/*}" --key "$key" /tmp/none 2>&1 | sed -n 's/.*(\(.*\)) when.*/\1/p')

echo "{\"read\": $(wc -c < /tmp/text), \"isSame\": $same, \"listed\": $listed, \"denied\": \"$denied\"}" > /tmp/result
aws s3 cp --quiet /tmp/result "$HEAVY_BATCH_RESULT"
