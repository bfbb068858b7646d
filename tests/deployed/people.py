"""People of the deployed system's Cognito user pool, and the tokens that they get."""

import secrets

from botocore.config import Config

# Lengths of time that the service itself would refuse are wanted here.
UNCHECKED = Config(parameter_validation=False)


class People:
    """The user pool, as who administers it works with it."""

    def __init__(self, cloud, deployment):
        self.cognito = cloud.client("cognito-idp", config=UNCHECKED)
        self.pool = deployment.outputs["UserPoolId"]
        self.client = deployment.resources["UserPoolClient"]

    def add(self, email):
        """Makes an account; gives its password."""
        password = secrets.token_urlsafe(16) + "aA1!"
        self.cognito.admin_create_user(UserPoolId=self.pool, Username=email, MessageAction="SUPPRESS")
        self.cognito.admin_set_user_password(
            UserPoolId=self.pool, Username=email, Password=password, Permanent=True
        )
        return password

    def tokens(self, email, password, client=None):
        """What signing in gives, at the pages' client or at another."""
        answer = self.cognito.admin_initiate_auth(
            UserPoolId=self.pool,
            ClientId=client or self.client,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return answer["AuthenticationResult"]

    def add_client(self):
        """Another program that people sign in to, whose tokens are not for this API."""
        made = self.cognito.create_user_pool_client(
            UserPoolId=self.pool, ClientName="other", ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH"]
        )
        return made["UserPoolClient"]["ClientId"]

    def expired_token(self, email, password):
        """A token that was good until five minutes ago."""
        self.set_validity(-300)
        try:
            return self.tokens(email, password)["AccessToken"]
        finally:
            self.set_validity(3600)

    def set_validity(self, seconds):
        self.cognito.update_user_pool_client(
            UserPoolId=self.pool,
            ClientId=self.client,
            AccessTokenValidity=seconds,
            TokenValidityUnits={"AccessToken": "seconds"},
        )
