const fs = require('fs');
const path = require('path');

const page = fs.readFileSync(path.join(__dirname, 'page.html'), 'utf8');

exports.handler = async () => ({
  statusCode: 200,
  headers: {
    'content-type': 'text/html; charset=utf-8',
    // The page loads nothing from elsewhere, and no other site may put it into a frame.
    'content-security-policy': "default-src 'self' 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
  },
  body: page,
});
