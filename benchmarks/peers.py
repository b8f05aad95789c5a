"""The echo bots that the webhook is measured beside: what a developer gets by following each project's own page.

Served as `gunicorn benchmarks.peers:werobot` and `gunicorn benchmarks.peers:flask`. Both look nothing up, keep
nothing and answer with the text they were sent.
"""

from flask import Flask, Response, request
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.replies import create_reply
from werobot import WeRoBot

APP_ID = "wx0000000000000001"
TOKEN = "callbacktoken"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"


def _werobot():
    robot = WeRoBot(token=TOKEN, enable_session=False)
    robot.config["ENCODING_AES_KEY"] = AES_KEY
    robot.config["APP_ID"] = APP_ID

    @robot.text
    def echo(message):
        return message.content

    return robot.wsgi


def _flask():
    app = Flask(__name__)
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)

    @app.route("/", methods=["POST"])
    def callback():
        query = request.args
        text = crypto.decrypt_message(request.data, query["msg_signature"], query["timestamp"], query["nonce"])
        message = parse_message(text)
        reply = create_reply(message.content, message).render()
        return Response(crypto.encrypt_message(reply, query["nonce"], query["timestamp"]), mimetype="application/xml")

    return app


werobot = _werobot()
flask = _flask()
