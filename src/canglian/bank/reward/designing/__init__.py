"""A campaign as people type it: all of its funders and offers on one form, new or a draft that is changed."""
