"""Which tokens open the deployed API."""

import base64
import json
import unittest

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import installation
from installation import OWNER


def decoded(part):
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def encoded(part):
    text = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def signed(header, claims, key):
    text = f"{encoded(header)}.{encoded(claims)}"
    return f"{text}.{encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.here = installation.shared()
        cls.tokens = cls.here.people.tokens(OWNER, cls.here.password)
        cls.good = cls.tokens["AccessToken"]
        header, claims, cls.signature = cls.good.split(".")
        cls.header, cls.claims = decoded(header), decoded(claims)

    def status(self, token):
        return self.here.api(token).ask("GET", "/v1/homes")[0]

    def test_the_users_own_opens_it(self):
        self.assertEqual(self.status(self.good), 200)

    def test_none_does_not(self):
        self.assertEqual(self.status(None), 401)

    def test_a_forged_one_does_not(self):
        self.assertEqual(self.status(signed(self.header, self.claims, rsa.generate_private_key(65537, 2048))), 401)

    def test_a_changed_one_does_not(self):
        other = encoded(self.claims | {"sub": "00000000-0000-0000-0000-000000000000"})
        self.assertEqual(self.status(f"{encoded(self.header)}.{other}.{self.signature}"), 401)

    def test_an_unsigned_one_does_not(self):
        self.assertEqual(self.status(f"{encoded({'alg': 'none'})}.{encoded(self.claims)}."), 401)

    def test_an_expired_one_does_not(self):
        self.assertEqual(self.status(self.here.people.expired_token(OWNER, self.here.password)), 401)

    def test_one_for_another_program_does_not(self):
        other = self.here.people.tokens(OWNER, self.here.password, self.here.people.add_client())
        self.assertEqual(self.status(other["AccessToken"]), 401)

    def test_one_that_says_who_somebody_is_does_not(self):
        self.assertEqual(self.status(self.tokens["IdToken"]), 401)
