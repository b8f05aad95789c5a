"""企业微信: the messages of an application (应用消息), over the codec of the official account."""
